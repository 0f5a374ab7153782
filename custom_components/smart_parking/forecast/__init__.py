"""What is to come in a lot: learnt every night, said anew every few minutes."""
