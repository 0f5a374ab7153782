from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec

class Vapid02:
    def __init__(
        self,
        private_key: ec.EllipticCurvePrivateKey | None = ...,
        conf: Mapping[str, bool] | None = ...,
    ) -> None: ...
    def sign(self, claims: Mapping[str, str | int]) -> dict[str, str]: ...
