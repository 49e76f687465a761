# Numba's own classes have no static types.
# mypy: disable-error-code="misc, no-untyped-call, no-any-return"
"""Kernels made into machine code once, as parts of the function that Python calls.

Numba optimises every compiled function on its own, links all that it calls into it, optimises that again, and makes
machine code of it: a function that five others call is optimised six times and more. Kernels are called by kernels
only; so what is kept of one is the plain code, and the function that Python calls is linked from all of them and
optimised as a whole, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import llvmlite.binding as llvm
from numba import _dynfunc
from numba.core.codegen import CPUCodeLibrary, JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, Flags
from numba.core.compiler_machinery import LoweringPass, PassManager, register_pass
from numba.core.typed_passes import NativeLowering

if TYPE_CHECKING:
    from numba.core.compiler import StateDict

__all__ = ["Inlined", "Part", "Whole"]


class _Linked(JITCodeLibrary):
    """Code that knows all that it calls."""

    def note_callees(self, noted: dict[CPUCodeLibrary, None]) -> None:
        """Add what is called, directly or by a part, each after all that it calls itself."""
        for each in self._linking_libraries:
            if each not in noted:
                if isinstance(each, _PartLibrary):
                    each.note_callees(noted)
                noted[each] = None


class _PartLibrary(_Linked):
    """Plain code of a function."""

    def finalize(self) -> None:
        """Let the code be linked into several others, which is all that is ever done with it."""
        self._raise_if_finalized()
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == llvm.Linkage.external:
                function.linkage = "linkonce_odr"
        self._finalized = True

    def _get_module_for_linking(self) -> llvm.ModuleRef:
        self._ensure_finalized()
        return self._final_module


class _WholeLibrary(_Linked):
    """Machine code of a function with all its parts."""

    def finalize(self) -> None:
        """Link callers before callees, as the linker leaves out what nobody has called so far."""
        noted: dict[CPUCodeLibrary, None] = {}
        self.note_callees(noted)
        self._linking_libraries = [*reversed(noted)]
        super().finalize()

    def _optimize_final_module(self) -> None:
        """Optimise, nobody else calling the parts: one with a single caller goes into it, and is gone itself."""
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == llvm.Linkage.linkonce_odr:
                function.linkage = "internal"
        super()._optimize_final_module()


@register_pass(mutates_CFG=True, analysis_only=False)
class _PartLowering(NativeLowering):
    _name = "routeplanner_part_lowering"

    def run_pass(self, state: StateDict) -> bool:
        state.library = _PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        library, lowered = state.library, state["cr"]
        library.finalize()
        name = lowered.fndesc.qualname.split(".")[-1]
        door = _dynfunc.make_function(lowered.fndesc.lookup_module(), name, name, 0, lowered.env, (library,))
        state.targetctx.insert_user_function(door, lowered.fndesc, [library])
        state["cr"] = lowered._replace(cfunc=door)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _InlinedLowering(_PartLowering):
    _name = "routeplanner_inlined_lowering"

    def run_pass(self, state: StateDict) -> bool:
        state.flags.forceinline = True
        return super().run_pass(state)


@register_pass(mutates_CFG=True, analysis_only=False)
class _WholeLowering(NativeLowering):
    _name = "routeplanner_whole_lowering"

    def run_pass(self, state: StateDict) -> bool:
        state.flags.no_cpython_wrapper = False
        state.library = _WholeLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return super().run_pass(state)


class _Flags(Flags):
    """Options whose comparison, done at every operation of every function, does not go through forty of them."""

    def __hash__(self) -> int:
        return hash(frozenset(self._values))

    def __eq__(self, other: object) -> bool:
        return self._values == other._values if type(other) is _Flags else super().__eq__(other)


class Part(CompilerBase):
    """Compile a function that only compiled functions call."""

    lowering: type[LoweringPass] = _PartLowering

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.state.flags = _Flags(self.state.flags)
        self.state.flags.no_cpython_wrapper = True
        self.state.flags.no_cfunc_wrapper = True

    def define_pipelines(self) -> list[PassManager]:
        """Return the usual passes, with another one that writes the code."""
        manager = PassManager("routeplanner")
        for each, told in DefaultPassBuilder.define_nopython_pipeline(self.state).passes:
            manager.add_pass(self.lowering if each is NativeLowering else each, told)
        manager.finalize()
        return [manager]


class Inlined(Part):
    """Compile a function into each of its callers."""

    lowering = _InlinedLowering


class Whole(Part):
    """Compile a function that Python calls."""

    lowering = _WholeLowering
