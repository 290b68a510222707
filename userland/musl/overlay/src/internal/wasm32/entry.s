# SPDX-License-Identifier: MIT
# entry.s: what the host calls besides _start, and globals that C cannot name.

	.globaltype	__stack_pointer, i32
	.globaltype	__tls_base, i32
	.functype	__clone_start (i32) -> ()
	.functype	__handle_signal (i32) -> ()

	.section	.text.__set_tls_base,"",@
	.globl	__set_tls_base
	.hidden	__set_tls_base
	.type	__set_tls_base,@function
__set_tls_base:
	.functype	__set_tls_base (i32) -> ()
	local.get	0
	global.set	__tls_base
	end_function

	.section	.text.__get_tls_base,"",@
	.globl	__get_tls_base
	.hidden	__get_tls_base
	.type	__get_tls_base,@function
__get_tls_base:
	.functype	__get_tls_base () -> (i32)
	global.get	__tls_base
	end_function

# A new thread; __stack_pointer is what clone() was given.
	.section	.text.__libc_clone_callback,"",@
	.globl	__libc_clone_callback
	.hidden	__libc_clone_callback
	.type	__libc_clone_callback,@function
__libc_clone_callback:
	.functype	__libc_clone_callback () -> (i32)
	global.get	__stack_pointer
	call	__clone_start
	unreachable
	end_function

# A signal; __stack_pointer is at the frame that the kernel made.
	.section	.text.__libc_handle_signal,"",@
	.globl	__libc_handle_signal
	.hidden	__libc_handle_signal
	.type	__libc_handle_signal,@function
__libc_handle_signal:
	.functype	__libc_handle_signal () -> ()
	global.get	__stack_pointer
	call	__handle_signal
	unreachable
	end_function
