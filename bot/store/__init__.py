"""The durable tables (votes, favourites, posts, pictures, what waits for a back end) and the local cache."""
