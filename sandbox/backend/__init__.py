"""The embedded back end: TheCatAPI and TheDogAPI on loopback, over SQLite; `application.py` is its door."""
