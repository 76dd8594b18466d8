"""What people see: Components V2 layouts and the items on them."""
