enum ServerPlaceholder {}
import Hummingbird
import JWTKit
