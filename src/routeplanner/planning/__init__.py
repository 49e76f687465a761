"""The planner: from a request to a checked itinerary."""
