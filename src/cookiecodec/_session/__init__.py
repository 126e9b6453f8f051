"""What `session` is made of: the mapping, and the payload of its cookie."""
