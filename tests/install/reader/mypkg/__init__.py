"""What a reader of the documents has: attentions of their own."""
