#include <stdio.h>

#include "base/a.h"
