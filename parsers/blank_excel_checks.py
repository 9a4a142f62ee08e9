"""What Excel offers and minds at an answer: lists, days and whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from parsers.spec import FieldSpec, Type

#: Excel's number for 1 January 2000, before which no day can be meant.
FIRST_DAY = "36526"


@dataclass(slots=True, kw_only=True)
class Checks:
    """The checks on one sheet; answers of one kind share one."""

    sheet: Worksheet
    lists: Worksheet  #: a hidden sheet for the options, one field a column
    made: dict[str, DataValidation] = field(default_factory=dict)

    def add(self, cell: Cell, spec: FieldSpec) -> None:
        """Put the check of a field's type on its answer cell, where the type has one."""
        key = spec.key if spec.options else spec.type.value
        check = self.made.get(key) or self._new(spec)
        if check is None:
            return
        if key not in self.made:
            self.made[key] = check
            self.sheet.add_data_validation(check)
        check.add(cell)

    def _new(self, spec: FieldSpec) -> DataValidation | None:
        match spec.type:
            case Type.CHOICES:  # more than one can be typed, so nothing is refused
                return DataValidation("list", formula1=self._options(spec), showErrorMessage=False)
            case Type.CHOICE:
                return _strict(self._options(spec))
            case Type.YES_NO:
                return _strict('"Yes,No"')
            case Type.DATE:
                check = DataValidation("date", operator="greaterThan", formula1=FIRST_DAY)
                return _minding(check, "This is not a date such as 03/04/2027. Keep it?")
            case Type.NUMBER:
                check = DataValidation("whole", operator="greaterThanOrEqual", formula1="0")
                return _minding(check, "This is not a whole number. Keep it?")
        return None

    def _options(self, spec: FieldSpec) -> str:
        """Where the options stand on the hidden sheet: there a comma in one does no harm."""
        column = (self.lists.max_column + 1) if self.lists["A1"].value else 1
        for number, option in enumerate(spec.options, start=1):
            self.lists.cell(number, column, option)
        letter = get_column_letter(column)
        return f"{self.lists.title}!${letter}$1:${letter}${len(spec.options)}"


def _strict(options: str) -> DataValidation:
    return DataValidation(
        "list",
        formula1=options,
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="Please choose from the list",
        error="Choose one of the answers listed.",
    )


def _minding(check: DataValidation, question: str) -> DataValidation:
    check.errorStyle, check.showErrorMessage, check.allowBlank = "warning", True, True
    check.errorTitle, check.error = "Please check", question
    return check
