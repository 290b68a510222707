# SPDX-License-Identifier: Apache-2.0
# Warnings and sanitizers of everything that is compiled for the host.
add_compile_options(-Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes
	-Wshadow -Wno-unused-parameter -fno-strict-aliasing)
if(WL_WERROR)
	add_compile_options(-Werror)
endif()
set(address_options -fsanitize=address)
set(undefined_options -fsanitize=undefined)
# The guest's longjmp() leaves frames of the runner: TSan must not count them.
set(thread_options -fsanitize=thread
	"SHELL:-mllvm -tsan-instrument-func-entry-exit=0")

foreach(sanitizer IN LISTS WL_SANITIZE)
	add_compile_options(${${sanitizer}_options} -fno-omit-frame-pointer)
	add_link_options(-fsanitize=${sanitizer})
endforeach()

# wl_sanitize(TARGET SANITIZER): one program, in a build without.
function(wl_sanitize target sanitizer)
	target_compile_options(${target} PRIVATE ${${sanitizer}_options})
	target_link_options(${target} PRIVATE -fsanitize=${sanitizer})
endfunction()
