"""The pages and the endpoint, and the server that brings them to people and machines."""
