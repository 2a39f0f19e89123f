int
a(void)
{
	int b[2];

	b[2] = 1;
	return b[2];
}
