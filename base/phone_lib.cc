// The only file that is C++, and that sees libphonenumber. Running out of
// memory ends the program, as everywhere.
#include "base/phone_lib.h"

#include <cstring>
#include <mutex>
#include <set>
#include <string>

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::Logger;
using i18n::phonenumbers::NullLogger;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

static PhoneNumberUtil *
library()
{
	static std::once_flag once;
	PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();

	// It would write to standard output.
	std::call_once(once, [] { Logger::set_logger_impl(new NullLogger); });
	return util;
}

// Possible, not valid: plans grow before libraries know of it. What can only
// be dialled within a town names nobody.
extern "C" enum phone_result
phone_lib_parse(const char *text, size_t len, const char *region, char *out,
    size_t size)
{
	PhoneNumberUtil *util = library();
	PhoneNumber number;
	std::string e164;

	switch (util->Parse(std::string(text, len),
	    region[0] != '\0' ? region : "ZZ", &number)) {
	case PhoneNumberUtil::NO_PARSING_ERROR:
		break;
	case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
		if (region[0] == '\0' && memchr(text, '+', len) == nullptr)
			return PHONE_NO_REGION;
		return PHONE_INVALID;
	default:
		return PHONE_INVALID;
	}
	if (util->IsPossibleNumberWithReason(number) !=
	    PhoneNumberUtil::IS_POSSIBLE)
		return PHONE_INVALID;
	util->Format(number, PhoneNumberUtil::E164, &e164);
	if (e164.size() >= size)
		return PHONE_INVALID;
	memcpy(out, e164.c_str(), e164.size() + 1);
	return PHONE_OK;
}

extern "C" enum phone_result
phone_lib_region(const char *region)
{
	std::set<std::string> regions;

	library()->GetSupportedRegions(&regions);
	return regions.count(region) > 0 ? PHONE_OK : PHONE_INVALID;
}
