/* strcpy() in a comment is nobody's business. */
char *
a(char *to)
{
	return strcpy(to, "x");
}
