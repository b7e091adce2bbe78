"""Forms of several pages while they are typed: whatever the form, nothing typed is lost and it is sent at most once."""
