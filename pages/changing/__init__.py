"""What a person changes of a consultation: each act asks on a page of its own."""
