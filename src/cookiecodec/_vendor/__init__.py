"""Copies of this package for other trees."""
