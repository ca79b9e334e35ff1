"""How much each piece of work costs, in processor time and in a unit that travels between machines: for researchers."""
