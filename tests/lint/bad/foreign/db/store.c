#include <tdb.h>
