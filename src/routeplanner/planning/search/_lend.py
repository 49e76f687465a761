# Numba's own classes have no static types.
# mypy: disable-error-code="misc, untyped-decorator, attr-defined, name-defined, no-any-return"
"""Records of arrays handed from one compiled function to the next by their address.

Numba hands a named tuple over by value, each length, stride and pointer of each array an argument of its own: some
two hundred for a `Trip`, at every call. `lend` writes them down once, in the frame of the function that Python calls;
what that function calls gets the address, and reads from it what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, models, register_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numba.core.base import BaseContext
    from numba.core.datamodel import DataModelManager
    from numba.core.typing import Context, Signature

__all__ = ["lend"]

Lendable = TypeVar("Lendable", bound=tuple[Any, ...])


class _Lent(types.Type):
    """The address of a named tuple."""

    def __init__(self, owner: types.BaseNamedTuple) -> None:
        self.owner = owner
        super().__init__(name=f"lent({owner.name})")


@register_model(_Lent)
class _LentModel(models.PrimitiveModel):
    def __init__(self, manager: DataModelManager, lent: _Lent) -> None:
        super().__init__(manager, lent, manager.lookup(lent.owner).get_value_type().as_pointer())


@infer_getattr
class _LentFields(AttributeTemplate):
    key = _Lent

    def generic_resolve(self, lent: _Lent, name: str) -> types.Type | None:
        if name not in lent.owner.fields:
            return None
        field = lent.owner.types[lent.owner.fields.index(name)]
        return _Lent(field) if isinstance(field, types.BaseNamedTuple) else field


@lower_getattr_generic(_Lent)
def _read_field(
    context: BaseContext, builder: ir.IRBuilder, lent: _Lent, address: ir.Value, name: str
) -> ir.Value:
    del context
    index = lent.owner.fields.index(name)
    field = cgutils.gep_inbounds(builder, address, 0, index)
    return field if isinstance(lent.owner.types[index], types.BaseNamedTuple) else _read(builder, field)


def _read(builder: ir.IRBuilder, address: ir.Value) -> ir.Value:
    """Read a value part by part, each marked as one that never changes: stores into arrays cannot touch it."""
    kind = address.type.pointee
    if not isinstance(kind, ir.Aggregate):
        loaded = builder.load(address)
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded
    whole = ir.Constant(kind, ir.Undefined)
    for part in range(len(kind)):
        read = _read(builder, cgutils.gep_inbounds(builder, address, 0, part))
        whole = builder.insert_value(whole, read, part)
    return whole


def _write_down(
    context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
) -> ir.Value:
    del context, signature
    return cgutils.alloca_once_value(builder, arguments[0])


@intrinsic
def _lend(typing_context: Context, record: types.Type) -> tuple[Signature, Callable[..., ir.Value]] | None:
    """Return the address of a named tuple, for use by what the calling function calls, and no longer."""
    del typing_context
    if not isinstance(record, types.BaseNamedTuple):
        return None
    return _Lent(record)(record), _write_down


lend = cast("Callable[[Lendable], Lendable]", _lend)
