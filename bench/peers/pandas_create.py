"""Usage: pandas_create.py ROWS FOLDER. Makes a frame of a list of dicts whose types it finds out."""
import math
import random
import sys

import pandas as pd

from measure import measure

uniform = random.Random(3).random
rides = [
    {
        "rideId": i,
        "city": f"city {int(50 * uniform() * uniform())}",
        "distanceKm": 0.5 - 8 * math.log(1 - uniform()),
        "hour": int(24 * uniform()),
        "price": 20 * uniform(),
    }
    for i in range(int(sys.argv[1]))
]
measure(lambda: pd.DataFrame(rides), 4)
