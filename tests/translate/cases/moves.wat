;; SPDX-License-Identifier: Apache-2.0
;; memory.copy and memory.fill at every place of a unit, also onto themselves.
(module
  (import "env" "memory" (memory 32 64 shared))
  (global $sum (mut i64) (i64.const 0))
  ;; 2 KiB at 0x20000 that differ all
  (func $prepare
    (local $i i32)
    (loop $next
      (i64.store (i32.add (i32.const 0x20000) (local.get $i))
        (i64.mul (i64.add (i64.extend_i32_u (local.get $i)) (i64.const 0x12345))
                 (i64.const 0x9e3779b97f4a7c15)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8)))
                             (i32.const 2048)))))
  (func $add
    (local $i i32)
    (loop $next
      (global.set $sum (i64.add
        (i64.rotl (global.get $sum) (i64.const 7))
        (i64.load (i32.add (i32.const 0x20000) (local.get $i)))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8)))
                             (i32.const 2048)))))
  ;; From each of 34 places to one that is so far away from 0x20100, so many bytes,
  ;; and the next $count sizes.
  (func (export "copy") (param $to i32) (param $n i32) (param $count i32) (result i64)
    (local $from i32)
    (global.set $sum (i64.const 0))
    (loop $more
      (local.set $from (i32.const 0))
      (loop $next
        (call $prepare)
        (memory.copy (i32.add (i32.const 0x20100) (local.get $to))
                     (i32.add (i32.const 0x20100) (local.get $from)) (local.get $n))
        (call $add)
        (br_if $next (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1)))
                               (i32.const 34))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $more (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (global.get $sum))
  ;; Up to so many bytes, to each of 34 places.
  (func (export "fill") (param $n i32) (result i64)
    (local $to i32)
    (global.set $sum (i64.const 0))
    (loop $less
      (local.set $to (i32.const 0))
      (call $prepare)
      (loop $next
        (memory.fill (i32.add (i32.const 0x20100) (local.get $to)) (i32.const 0xa5)
                     (local.get $n))
        (call $add)
        (call $prepare)
        (br_if $next (i32.lt_u (local.tee $to (i32.add (local.get $to) (i32.const 1)))
                               (i32.const 34))))
      (br_if $less (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (global.get $sum)))
