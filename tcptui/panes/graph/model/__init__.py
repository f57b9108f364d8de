"""This room finds the rows of a graph, thins its series and fills its bins. Compiled."""
