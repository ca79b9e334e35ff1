"""The proof of shuffle of Terelius and Wikstrom (Africacrypt 2010; Wikstrom 2009), for rows of any width."""
