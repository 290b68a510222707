# SPDX-License-Identifier: Apache-2.0
# Warnings and sanitizers of everything that is compiled for the host.
add_compile_options(-Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes
	-Wshadow -Wno-unused-parameter -fno-strict-aliasing)
if(WL_WERROR)
	add_compile_options(-Werror)
endif()
foreach(sanitizer IN LISTS WL_SANITIZE)
	add_compile_options(-fsanitize=${sanitizer} -fno-omit-frame-pointer)
	add_link_options(-fsanitize=${sanitizer})
endforeach()
