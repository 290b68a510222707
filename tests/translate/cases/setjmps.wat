;; SPDX-License-Identifier: Apache-2.0
;; What LLVM makes of functions that call setjmp(), and traps in them whose
;; handler, "trapped", throws: no call of theirs does.
(module
  (import "env" "memory" (memory 32 64 shared))
  (tag $longjmp (export "__c_longjmp") (param i32))
  (tag $other (param i32))
  (global $goal (mut i32) (i32.const 0))
  (global $how (mut i32) (i32.const 0))
  (func $mark)
  (func $throws (if (i32.eq (global.get $how) (i32.const 4))
    (then (throw $longjmp (i32.const 0x4444))))
    (if (i32.eq (global.get $how) (i32.const 5))
      (then (throw $other (i32.const 0x5555)))))
  (func $again (param i32) (throw $longjmp (local.get 0)))
  (func (export "trapped") (throw $longjmp (i32.const 0x9999)))
  ;; The local is 0x100 at the last call that is made for certain.
  (func $jumps (param $id i32) (result i32) (local $x i32) (local $value i32)
    (local.set $x (i32.const 0x100))
    (if (i32.eqz (global.get $how)) (then (unreachable)))
    (block $return
      (block $out
        (loop $landing
          (try
            (do
              (try (do (call $mark)) (delegate 3))
              (if (i32.eq (local.get $value) (i32.const 0x77))
                (then (return (local.get $x))))
              (call $mark)
              (local.set $x (i32.const 0x200))
              (br_if $out (i32.eq (global.get $how) (i32.const 1)))
              (if (i32.eq (global.get $how) (i32.const 2))
                (then (unreachable)))
              (local.set $x (i32.const 0x300))
              (call $throws)
              (br_if $return (i32.eq (global.get $how) (i32.const 6)))
              (if (i32.eq (global.get $how) (i32.const 7))
                (then (drop (i32.div_s (i32.const 1) (local.get $value))))))
            (catch $longjmp
              (local.set $value)
              (if (i32.ne (local.get $id) (global.get $goal))
                (then (call $again (local.get $value)) (unreachable)))
              (local.set $x (i32.add (local.get $x) (local.get $value)))
              (local.set $value (i32.const 0x77))
              (br $landing)))))
      (local.set $x (i32.const 0x400))
      (unreachable))
    (i32.const 6))
  ;; Its own catch: HOW is what happens.
  (func (export "own") (param $how i32) (result i32)
    (global.set $how (local.get $how))
    (global.set $goal (i32.const 1))
    (call $jumps (i32.const 1)))
  ;; Through one that is not meant, to one that is.
  (func (export "outer") (param $how i32) (result i32) (local $value i32)
    (global.set $how (local.get $how))
    (global.set $goal (i32.const 1))
    (try
      (do (drop (call $jumps (i32.const 2))) (return (i32.const 0xbad)))
      (catch $longjmp (local.set $value))
      (catch $other (local.set $value)))
    (local.get $value))
  ;; To the outer one, after the inner one has returned.
  (func (export "returned") (param $how i32) (result i32) (local $value i32)
    (global.set $how (local.get $how))
    (global.set $goal (i32.const 1))
    (try
      (do
        (drop (call $jumps (i32.const 1)))
        (unreachable))
      (catch $longjmp (local.set $value)))
    (local.get $value))
)
