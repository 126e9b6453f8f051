"""What a user agent does with Set-Cookie: the rules behind `jar` and `explain`."""
