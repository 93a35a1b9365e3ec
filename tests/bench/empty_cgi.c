/*
 * The least a CGI program can do: the yardstick for pages in tools/bench.
 */
#include <unistd.h>

int main(void)
{
	static const char answer[] = "Status: 200 OK\r\n"
				     "Content-Type: text/plain\r\n\r\nok\n";
	return write(1, answer, sizeof(answer) - 1) ==
			       (ssize_t)sizeof(answer) - 1
		       ? 0
		       : 1;
}
