"""The initiative file of most tests: two constituencies, three themes, two events, all by name."""

from __future__ import annotations

INITIATIVE = """
[initiative]
title = "EU-UN Peacekeeping Partnerships Initiative"
time_zone = "Europe/Brussels"
languages = ["en", "fr"]
attribution = "named"
[roles]
participant = ["Expert"]
observer = ["Observer"]
facilitator = ["Facilitator"]
organiser = ["Organiser"]
[[constituencies]]
code = "UN"
title = "United Nations"
roles = ["UN"]
[[constituencies]]
code = "EU"
title = "EU institutions"
roles = ["EU"]
[[themes]]
code = "CAP"
title = "Military capabilities"
[[themes]]
code = "TRN"
title = "Training"
[[themes]]
code = "SSR"
title = "Security sector reform"
[[events]]
code = "ROM"
kind = "seminar"
title = "Rome seminar"
city = "Rome"
starts_on = 2014-10-22
ends_on = 2014-10-24
themes = ["CAP", "TRN"]
[[events]]
code = "BER"
kind = "seminar"
title = "Berlin seminar"
city = "Berlin"
starts_on = 2014-11-13
ends_on = 2014-11-13
themes = ["SSR", "TRN"]
[[entities]]
code = "DPKO"
title = "UN Department of Peacekeeping Operations"
[[entities]]
code = "CMPD"
title = "Crisis Management and Planning Directorate"
"""
