#include <string.h>

#include "web/server.h"

const char *asset_url(const struct asset *assets, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		const char *slash = strrchr(assets[i].path, '/');
		if (slash && !strcmp(slash + 1, name))
			return assets[i].path;
	}
	bug("there is no asset %s", name);
}
