/* Changes to a number series. */
#include "company.h"
