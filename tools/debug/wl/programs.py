# SPDX-License-Identifier: Apache-2.0
"""programs.py: what the runner has loaded: the kernel and programs."""

from . import walk


def images(target):
    """The runner's list of them, struct debug_image each."""
    return walk.chain("the runner's list of images",
                      target.runner.variable('runner_images').first)


def of_file(target, path):
    """One of them whose code or types are in that file; or None. All that have it have the
    same functions."""
    return next((image for image in images(target)
                 if path in (image.so_path.string_(), image.types_path.string_())), None)
