# SPDX-License-Identifier: Apache-2.0
# Heavy products: built once, kept by the hash of their inputs (tools/product).
# wl_product(NAME [ON_DEMAND] [FILE file] [LINK name] [WORK name] [INPUT path...]
#            [STAT path...] [SAYS command...] [DEPENDS target...] COMMAND word...)
# A target NAME, part of ALL unless it is ON_DEMAND, that makes
# ${CMAKE_BINARY_DIR}/NAME (or /file, or /name) a link to the product, or to that file
# of it. The command's words may name @OUT@, @HOME@, @WORK@ and @JOBS@. The target
# always runs: to hash some hundred files is how it finds out that there is nothing to do.
function(wl_product name)
	cmake_parse_arguments(PARSE_ARGV 1 arg "ON_DEMAND" "FILE;LINK;WORK"
		"INPUT;STAT;SAYS;DEPENDS;COMMAND")
	set(options)
	foreach(path IN LISTS arg_INPUT)
		list(APPEND options "--input=${path}")
	endforeach()
	foreach(path IN LISTS arg_STAT)
		list(APPEND options "--stat=${path}")
	endforeach()
	foreach(command IN LISTS arg_SAYS)
		list(APPEND options "--says=${command}")
	endforeach()
	if(arg_WORK)
		list(APPEND options "--work=${arg_WORK}")
	endif()
	set(link "${name}")
	if(arg_FILE)
		list(APPEND options "--file=${arg_FILE}")
		set(link "${arg_FILE}")
	endif()
	if(arg_LINK)
		set(link "${arg_LINK}")
	endif()
	if(WL_CACHE)
		list(APPEND options "--cache=${WL_CACHE}")
	endif()
	set(all ALL)
	if(arg_ON_DEMAND)
		set(all)
	endif()
	add_custom_target(${name} ${all}
		COMMAND "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/tools/product"
			${name} --quiet "--link=${CMAKE_BINARY_DIR}/${link}" ${options}
			-- ${arg_COMMAND}
		DEPENDS ${arg_DEPENDS}
		USES_TERMINAL VERBATIM
		COMMENT "Product ${name}")
	if(arg_DEPENDS)
		add_dependencies(${name} ${arg_DEPENDS})
	endif()
endfunction()
