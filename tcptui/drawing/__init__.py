"""Pure drawing: engine data, a width and a height in; lines of styled text out. No Textual."""
