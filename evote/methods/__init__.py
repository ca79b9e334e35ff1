"""How verified figures become a decision: who is elected, how seats are shared. Pure, in exact arithmetic."""
