# SPDX-License-Identifier: MIT
# throw.s: the exception of longjmp(). Code that is position independent does not
# define its tag.

	.tagtype	__c_longjmp i32
	.globl	__c_longjmp
	.hidden	__c_longjmp
__c_longjmp:

	.section	.text.__throw_longjmp,"",@
	.globl	__throw_longjmp
	.hidden	__throw_longjmp
	.type	__throw_longjmp,@function
__throw_longjmp:
	.functype	__throw_longjmp (i32) -> ()
	local.get	0
	throw	__c_longjmp
	end_function
