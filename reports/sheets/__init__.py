"""What spreadsheets open: workbooks, how they are written, and plain lists."""
