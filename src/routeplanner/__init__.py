"""Themed cultural itineraries for Hanoi and the Red River."""
