"""No token and no internet: a simulated Discord, a small world in it, and an embedded back end."""
