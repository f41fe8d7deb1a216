# SPDX-License-Identifier: MIT
"""pip install . (with --no-build-isolation where there is no network): CMake builds the extension, with the
library in it, in a directory of its own; where BUILD is set, in that build, as it is configured."""
import os
import re
import shutil
import subprocess

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(HERE)


def version():
    with open(os.path.join(SOURCE, "src", "thresh.h"), encoding="utf-8") as header:
        return re.search(r'THRESH_VERSION "(.*)"', header.read()).group(1)


class BuildByCMake(build_ext):
    @staticmethod
    def configure(build):
        subprocess.run(["cmake", "-S", SOURCE, "-B", build, "-DCMAKE_BUILD_TYPE=Release", "-DTHRESH_PYTHON=ON",
                        "-DBUILD_TESTING=OFF", "-DTHRESH_LAMBDA=OFF"], check=True)

    def build_extension(self, ext):
        build = os.environ.get("BUILD")
        if not build:
            build = os.path.join(os.path.abspath(self.build_temp), "cmake")
            self.configure(build)
        subprocess.run(["cmake", "--build", build, "--target", "thresh-python", "-j", str(os.cpu_count())],
                       check=True)
        target = self.get_ext_fullpath(ext.name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(os.path.join(build, "python", "thresh", "_thresh.abi3.so"), target)


setup(version=version(),
      ext_modules=[Extension("thresh._thresh", sources=[], py_limited_api=True)],
      cmdclass={"build_ext": BuildByCMake},
      options={"bdist_wheel": {"py_limited_api": "cp39"}})
