"""Everything that is sent: composing, the clock's rules, delivery."""
