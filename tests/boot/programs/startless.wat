;; SPDX-License-Identifier: Apache-2.0
;; A valid module, but no program: nothing is called _start.
(module
	(import "env" "memory" (memory 1 65536 shared))
	(func (export "run")))
