"""From HTML to a PDF that may be printed or handed out, and the codes that our own paper carries. Knows no case."""
