"""The typed clients of the services, on one shared transport."""
