"""What goes out soon, and the letters that go out by themselves."""
