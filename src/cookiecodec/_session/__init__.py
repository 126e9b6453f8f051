"""What `session` is made of: the mapping, its place in a request, and the payload."""
