void
a(int n)
{
	if (n > 1) {
		while (n > 2) {
			if (n > 3) {
				if (n > 4)
					n--;
			}
		}
	}
}
