"""Formats that other specifications define: URLs, and dates as browsers read them."""
