"""The standards' own schemas, where they lie beside the checkout."""

from collections.abc import Iterator
from functools import cache
import json
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator, FormatChecker
import pytest
from referencing import Registry, Resource

from tests.repository.project import ROOT

type Json = dict[str, Any]

FOLDER = ROOT.parent / "shared" / "data" / "schemas"
NGSI_LD, APDS = FOLDER / "ngsi-ld", FOLDER / "apds" / "APDS_API_bundled.json"

needs_ngsi_ld = pytest.mark.skipif(
    not NGSI_LD.is_dir(), reason="the schemas of NGSI-LD are not beside the checkout"
)
needs_apds = pytest.mark.skipif(
    not APDS.is_file(), reason="the schemas of APDS are not beside the checkout"
)


@cache
def ngsi_ld(entity: str) -> Draft202012Validator:
    """Return what checks an entity of the Smart Data Models."""
    read: list[Json] = [json.loads(path.read_bytes()) for path in NGSI_LD.glob("*.json")]
    schemas = {one["$id"]: one for one in read}
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    schema = next(one for name, one in schemas.items() if f"/{entity}/" in name)
    return Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())


def problems(validator: Draft202012Validator, document: object) -> list[str]:
    """Return what is wrong with a document, in a line each."""
    return [
        f"{error.json_path}: {error.message[:120]}" for error in validator.iter_errors(document)
    ]


@cache
def apds(place: str) -> Draft202012Validator:
    """Return what checks a list of `places` or of `observations`, as its address answers."""
    return _checker(f"#/paths/~1{place}/get/responses/200/content/application~1json/schema")


@cache
def apds_place(number: int) -> Draft202012Validator:
    """Return what checks one of the kinds of places, in the order of the specification."""
    post = "#/paths/~1places/post/requestBody/content/application~1json/schema"
    return _checker(f"{post}/oneOf/{number}")


@cache
def _apds_document() -> Json:
    """Return the OpenAPI document, with two slips mended that let nothing through at all.

    Whatever is one of its kinds of places has what a campus has, and what an identified area needs:
    nothing is exactly one of them. And a reference needs two properties, but may have only one.
    """
    document: Json = json.loads(APDS.read_bytes())
    places, reference = apds_slips(document)
    places["anyOf"] = places["oneOf"]
    del reference["maxProperties"]
    return document


def apds_slips(document: Json) -> tuple[Json, Json]:
    """Return the schema of a place, and that of a reference."""
    bodies = {
        path: document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        for path in ("/places", "/webhooks")
    }
    webhook = bodies["/webhooks"]["schema"]["properties"]
    return bodies["/places"]["schema"], webhook["hierarchyElements"]["items"]


def _checker(pointer: str) -> Draft202012Validator:
    """Return what checks the thing that a pointer leads to.

    Many pointers of the bundle lead through others, which JSON Schema does not follow. So whatever
    is pointed at is gathered, under a number, and pointed at there.
    """
    gathered: dict[str, Json] = {}
    numbers: dict[str, str] = {}

    def number(reference: str) -> str:
        if reference not in numbers:
            numbers[reference] = str(len(numbers))
            gathered[numbers[reference]] = translated(_at(reference))
        return f"#/$defs/{numbers[reference]}"

    def translated(schema: Any) -> Any:
        match schema:
            case {"$ref": str(reference)}:
                return {"$ref": number(reference)}
            case dict():
                # Of kinds of places, several may fit.
                left_out = {"oneOf"} if "oneOf" in schema and "anyOf" in schema else set()
                return {key: translated(one) for key, one in schema.items() if key not in left_out}
            case list():
                return [translated(one) for one in schema]
        return schema

    schema = {"$ref": number(pointer), "$defs": gathered}
    return Draft202012Validator(schema, format_checker=FormatChecker())


def _at(pointer: str) -> Any:
    """Return what a pointer leads to, through whatever points on."""
    here: Any = _apds_document()
    for part in pointer.removeprefix("#/").split("/"):
        while isinstance(here, dict) and "$ref" in here:
            here = _at(here["$ref"])
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        here = here[int(key)] if isinstance(here, list) else here[key]
    return here


def words_of(validator: Draft202012Validator) -> set[str]:
    """Return the names of all properties that a schema has; what it has not, it would pass over."""
    schema: Any = validator.schema
    schemas = [schema]
    if "smart-data-models" in schema.get("$id", ""):
        # Its references lead here; those of the other have been gathered in it.
        schemas.append(json.loads((NGSI_LD / "common-schema.json").read_bytes()))
    return {*_texts(schemas)}


def _texts(schema: Any) -> Iterator[str]:
    """Yield the names of properties in a schema."""
    match schema:
        case dict():
            yield from schema.get("properties", {})
            for one in schema.values():
                yield from _texts(one)
        case list():
            for one in schema:
                yield from _texts(one)


def names_in(record: Any) -> Iterator[str]:
    """Yield the names of everything that is written in a record."""
    match record:
        case dict():
            for key, value in record.items():
                yield key
                yield from names_in(value)
        case list():
            for one in record:
                yield from names_in(one)
