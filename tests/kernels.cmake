# SPDX-License-Identifier: Apache-2.0
# Kernels of cmake/Guest.cmake that only tests use, and those tests.
# wl_test_kernel(NAME): it is built and translated when a test runs that has
# FIXTURES_REQUIRED NAME.
function(wl_test_kernel name)
	add_test(NAME build-${name}
		COMMAND "${CMAKE_COMMAND}" --build "${CMAKE_BINARY_DIR}"
			--target ${name})
	add_test(NAME translate-${name}
		COMMAND wasm2so ${cache_option} "${CMAKE_BINARY_DIR}/${name}.wasm")
	set_tests_properties(build-${name} translate-${name} PROPERTIES
		LABELS kernels TIMEOUT 3600 RUN_SERIAL ON
		ENVIRONMENT "WL_CACHE=${WL_CACHE}")
	set_tests_properties(build-${name} PROPERTIES FIXTURES_SETUP ${name}-built)
	set_tests_properties(translate-${name} PROPERTIES
		FIXTURES_REQUIRED ${name}-built FIXTURES_SETUP ${name})
endfunction()

# The kernel that watches itself.
wl_test_kernel(vmlinux-debug)
add_test(NAME debug-kernel
	COMMAND Python3::Interpreter
		"${CMAKE_CURRENT_SOURCE_DIR}/boot/debug_kernel.py"
		"--build=${CMAKE_BINARY_DIR}")
set_tests_properties(debug-kernel PROPERTIES
	LABELS kernels TIMEOUT 1800 PROCESSORS 2
	FIXTURES_REQUIRED "vmlinux-debug;translated"
	ENVIRONMENT "WL_CACHE=${WL_CACHE}")

# The kernel's own unit tests.
wl_test_kernel(vmlinux-kunit)
add_test(NAME kunit
	COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/kunit/run.py"
		"--build=${CMAKE_BINARY_DIR}")
set_tests_properties(kunit PROPERTIES
	LABELS kernels TIMEOUT 900 PROCESSORS 2
	FIXTURES_REQUIRED "vmlinux-kunit;translated"
	ENVIRONMENT "WL_CACHE=${WL_CACHE}")
