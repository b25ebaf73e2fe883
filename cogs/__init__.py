"""What people do in chat, one activity a file: read the input, make one call, show the result."""
